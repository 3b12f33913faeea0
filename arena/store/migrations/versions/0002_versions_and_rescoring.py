"""Versions of challenges, rescoring, imported ledgers, disclosed secrets."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('challenge_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('version', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('definition', sa.JSON(), nullable=False),
    sa.Column('definition_sha256', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('files', sa.JSON(), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('labels_version', sa.Integer(), nullable=True),
    sa.Column('note_ko', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('note_en', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_challenge_version_challenge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_challenge_version')),
    sa.UniqueConstraint('challenge_id', 'number', name=op.f('uq_challenge_version_challenge_id_number'))
    )
    with op.batch_alter_table('challenge_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_challenge_version_challenge_id'), ['challenge_id'], unique=False)

    op.create_table('disclosure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('labels_version', sa.Integer(), nullable=False),
    sa.Column('secret', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('secret_sha256', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('labels_sha256', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_disclosure_challenge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_disclosure')),
    sa.UniqueConstraint('challenge_id', name=op.f('uq_disclosure_challenge_id'))
    )
    op.create_table('imported_link',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('challenge_id', sa.Integer(), nullable=False),
    sa.Column('chain', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('covers', sa.JSON(), nullable=False),
    sa.Column('previous', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('chained_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
    sa.ForeignKeyConstraint(['challenge_id'], ['challenge.id'], name=op.f('fk_imported_link_challenge_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_imported_link')),
    sa.UniqueConstraint('challenge_id', 'chain', 'number', name=op.f('uq_imported_link_challenge_id_chain_number'))
    )
    with op.batch_alter_table('imported_link', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_imported_link_challenge_id'), ['challenge_id'], unique=False)

    with op.batch_alter_table('challenge', schema=None) as batch_op:
        batch_op.add_column(sa.Column('rescoring_started_at', sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))

    with op.batch_alter_table('evaluation', schema=None) as batch_op:
        # What has been evaluated so far counts; whoever adds a row from now on says whether it does.
        batch_op.add_column(sa.Column('in_force', sa.Boolean(), nullable=False, server_default=sa.true()))

    with op.batch_alter_table('evaluation', schema=None) as batch_op:
        batch_op.alter_column('in_force', server_default=None)

    with op.batch_alter_table('ledger_entry', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin_challenge_id', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('origin_chain', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('origin_id', sa.Integer(), nullable=True))

    _first_versions(op.get_bind())


def _first_versions(connection: sa.Connection) -> None:
    """Write down what every challenge is now as its first version."""
    wanted = sa.MetaData()
    wanted.reflect(connection, only=('challenge', 'challenge_file', 'challenge_version', 'labels'))
    challenge, file, version, labels = (
        wanted.tables[name] for name in ('challenge', 'challenge_file', 'challenge_version', 'labels')
    )
    for row in connection.execute(sa.select(challenge).order_by(challenge.c.id)).mappings().all():
        files = connection.execute(
            sa.select(file.c.name, file.c.role, file.c.sha256, file.c.size)
            .where(file.c.challenge_id == row['id'])
            .order_by(file.c.id)
        ).mappings()
        newest = connection.execute(
            sa.select(sa.func.max(labels.c.version)).where(labels.c.challenge_id == row['id'])
        ).scalar()
        connection.execute(
            version.insert().values(
                challenge_id=row['id'],
                number=1,
                version=row['version'],
                definition=row['definition'],
                definition_sha256=row['definition_sha256'],
                files=[dict(one) for one in files],
                facts=row['facts'],
                labels_version=newest,
                note_ko='',
                note_en='',
                at=row['created_at'],
            )
        )
