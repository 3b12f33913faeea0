"""Finding variables of a data dictionary by any word of theirs, in either language."""

from dataclasses import replace

from arena.datasets import Block, Described


def words(block: Block, variable: Described) -> str:
    """Return everything a variable can be found by, in small letters; the page's script looks here too."""
    codes = (f"{code} {name}" for code, name in variable.codes)
    found = (variable.column, variable.unit, block.name, *variable.description, *codes)
    return " ".join(" ".join(found).casefold().split())


def matching(blocks: tuple[Block, ...], query: str) -> tuple[Block, ...]:
    """Return the variables that hold every word of the query, in their blocks; all of them without a query."""
    wanted = query.casefold().split()
    kept = (
        replace(
            block,
            variables=tuple(one for one in block.variables if all(word in words(block, one) for word in wanted)),
        )
        for block in blocks
    )
    return tuple(block for block in kept if block.variables)
