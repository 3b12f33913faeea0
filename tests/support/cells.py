"""Run the code cells of a notebook in order, as a kernel does, and print what each of them shows as JSON.

It is started by the newcomer's own interpreter, and so imports nothing of the tests: `python cells.py NOTEBOOK`.
"""

import ast
import contextlib
import io
import json
import sys
from pathlib import Path


def run(cell: str, names: dict[str, object]) -> dict[str, str]:
    """Execute one cell; what its last line gives is shown, as HTML where it can be."""
    tree = ast.parse(cell)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(tree, "<cell>", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if last is not None else None
    html = getattr(value, "_repr_html_", None)
    shown = html() if html else "" if value is None else repr(value)
    return {"printed": printed.getvalue(), "shown": shown}


def main(notebook: str) -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    outputs: dict[str, object] = {}
    for cell in json.loads(Path(notebook).read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            outputs[cell["id"]] = run("".join(cell["source"]), names)
            plotting = sys.modules.get("matplotlib.pyplot")
            for number in plotting.get_fignums() if plotting else ():
                plotting.figure(number).savefig(f"{cell['id']}.png")
                plotting.close(number)
    print(json.dumps({"outputs": outputs, "modules": sorted(sys.modules)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
