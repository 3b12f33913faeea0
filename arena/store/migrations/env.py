"""What Alembic calls for each command: it works on the connection, and in the transaction, that migrating.py gives it."""

from alembic import context

from arena.store import models

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.User.metadata,
    render_as_batch=True,  # SQLite can change a table only by copying it
    compare_type=True,
    transactional_ddl=True,  # on SQLite too, since our connections begin their own transactions
)
with context.begin_transaction():
    context.run_migrations()
