"""versions of leaderboards."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0010'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('board_version',
    sa.Column('challenge_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('urgent', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('challenge_id', name=op.f('pk_board_version'))
    )

    # Only until 0007 is merged, which brings the same column: remove these two lines then.
    with op.batch_alter_table('team', schema=None) as batch_op:
        batch_op.add_column(sa.Column('affiliation', sqlmodel.sql.sqltypes.AutoString(), server_default='', nullable=False))
