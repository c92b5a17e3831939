"""Call customers back, keep waiting callers posted, and keep agents' notes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('callback_attempt',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=12), nullable=False),
    sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['support_case.id'], name=op.f('fk_callback_attempt_case_id_support_case')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_callback_attempt')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_callback_attempt_case_id_number'))
    )
    op.create_index('uq_callback_attempt_calling', 'callback_attempt', ['case_id'], unique=True, postgresql_where=sa.text("state = 'calling'"))
    op.add_column('support_case', sa.Column('callback_due', sa.DateTime(timezone=True), nullable=True))
    # Who was promised a call before is called in turn.
    op.execute('UPDATE support_case SET callback_due = callback_at')
    op.add_column('support_case', sa.Column('begun_in', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_support_case_begun_in_conversation'), 'support_case', 'conversation', ['begun_in'], ['id'])
    op.add_column('support_case', sa.Column('announced', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('support_case', sa.Column('announced_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('support_case', sa.Column('spoken_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('support_case', sa.Column('notes', postgresql.JSONB(astext_type=sa.Text()), server_default='[]', nullable=False))
    op.alter_column('support_case', 'notes', server_default=None)


def downgrade() -> None:
    op.drop_column('support_case', 'notes')
    op.drop_column('support_case', 'spoken_at')
    op.drop_column('support_case', 'announced_at')
    op.drop_column('support_case', 'announced')
    op.drop_constraint(op.f('fk_support_case_begun_in_conversation'), 'support_case', type_='foreignkey')
    op.drop_column('support_case', 'begun_in')
    op.drop_column('support_case', 'callback_due')
    op.drop_index('uq_callback_attempt_calling', table_name='callback_attempt', postgresql_where=sa.text("state = 'calling'"))
    op.drop_table('callback_attempt')
