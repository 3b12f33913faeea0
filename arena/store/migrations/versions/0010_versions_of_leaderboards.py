"""versions of leaderboards."""

import sqlalchemy as sa
from alembic import op


revision = '0010'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('board_version',
    sa.Column('challenge_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('urgent', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('challenge_id', name=op.f('pk_board_version'))
    )
    op.create_table('board_team',
    sa.Column('team_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('team_id', name=op.f('pk_board_team'))
    )
    op.create_index('ix_board_team_challenge_id_version', 'board_team', ['challenge_id', 'version'], unique=False)
