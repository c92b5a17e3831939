"""Keep disputes, dunning, instalments and notices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('arrangement_part',
    sa.Column('arrangement_id', sa.Uuid(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_arrangement_part_positive')),
    sa.ForeignKeyConstraint(['arrangement_id'], ['arrangement.id'], name=op.f('fk_arrangement_part_arrangement_id_arrangement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('arrangement_id', 'due_on', name=op.f('pk_arrangement_part'))
    )
    op.create_table('dispute',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('evidence', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('opened_on', sa.Date(), nullable=False),
    sa.Column('answer_by', sa.Date(), nullable=False),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('credited_minor', sa.BigInteger(), nullable=False),
    sa.Column('credit_note_number', sa.String(), nullable=True),
    sa.Column('due_again_on', sa.Date(), nullable=True),
    sa.CheckConstraint("(answered_on is null) = (state in ('open', 'under_review'))", name=op.f('ck_dispute_answered')),
    sa.CheckConstraint("state in ('open', 'under_review', 'upheld', 'rejected', 'withdrawn')", name=op.f('ck_dispute_state')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_dispute_positive')),
    sa.CheckConstraint('credited_minor between 0 and amount_minor', name=op.f('ck_dispute_credited')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_dispute_account_id_account')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_dispute_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dispute')),
    sa.UniqueConstraint('number', name=op.f('uq_dispute_number'))
    )
    op.create_index(op.f('ix_dispute_account_id'), 'dispute', ['account_id'], unique=False)
    op.create_index(op.f('ix_dispute_invoice_id'), 'dispute', ['invoice_id'], unique=False)
    op.create_index('ix_dispute_unanswered', 'dispute', ['answer_by'], unique=False, postgresql_where=sa.text('answered_on IS NULL'))
    op.create_table('dunning_step',
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_dunning_step_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('invoice_id', 'round', 'action', name=op.f('pk_dunning_step'))
    )
    op.create_table('notice',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('about_invoice_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('outcome', sa.String(), nullable=True),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['about_invoice_id'], ['invoice.id'], name=op.f('fk_notice_about_invoice_id_invoice')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_notice_account_id_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('key', name=op.f('uq_notice_key'))
    )
    op.create_index(op.f('ix_notice_account_id'), 'notice', ['account_id'], unique=False)
    op.create_index('ix_notice_waiting', 'notice', ['created_at'], unique=False, postgresql_where=sa.text('handled_at IS NULL'))
    op.create_table('suspension',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=False),
    sa.Column('suspended_on', sa.Date(), nullable=False),
    sa.Column('suspended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('restored_on', sa.Date(), nullable=True),
    sa.Column('restored_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('restored_because', sa.String(), nullable=True),
    sa.CheckConstraint('restored_on >= suspended_on', name=op.f('ck_suspension_in_order')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_suspension_account_id_account')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_suspension_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suspension'))
    )
    op.create_index(op.f('ix_suspension_account_id'), 'suspension', ['account_id'], unique=False)
    op.create_index('uq_suspension_running', 'suspension', ['account_id'], unique=True, postgresql_where=sa.text('restored_on IS NULL'))
    op.create_table('dispute_event',
    sa.Column('dispute_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['dispute_id'], ['dispute.id'], name=op.f('fk_dispute_event_dispute_id_dispute')),
    sa.PrimaryKeyConstraint('dispute_id', 'position', name=op.f('pk_dispute_event'))
    )
    op.create_table('dispute_line',
    sa.Column('dispute_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_line_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['dispute_id'], ['dispute.id'], name=op.f('fk_dispute_line_dispute_id_dispute')),
    sa.ForeignKeyConstraint(['invoice_line_id'], ['invoice_line.id'], name=op.f('fk_dispute_line_invoice_line_id_invoice_line')),
    sa.PrimaryKeyConstraint('dispute_id', 'invoice_line_id', name=op.f('pk_dispute_line'))
    )
    op.create_index(op.f('ix_dispute_line_invoice_line_id'), 'dispute_line', ['invoice_line_id'], unique=False)
    op.add_column('conversation', sa.Column('opted_out_at', sa.DateTime(timezone=True), nullable=True))
    # An arrangement in parts breaks before its last day.
    op.drop_constraint(op.f('ck_arrangement_broken_after'), 'arrangement')
    op.create_check_constraint(op.f('ck_arrangement_broken_after'), 'arrangement', 'broken_on > made_on')


def downgrade() -> None:
    op.execute('UPDATE arrangement SET broken_on = pay_by + 1 WHERE broken_on <= pay_by')
    op.drop_constraint(op.f('ck_arrangement_broken_after'), 'arrangement')
    op.create_check_constraint(op.f('ck_arrangement_broken_after'), 'arrangement', 'broken_on > pay_by')
    op.drop_column('conversation', 'opted_out_at')
    op.drop_index(op.f('ix_dispute_line_invoice_line_id'), table_name='dispute_line')
    op.drop_table('dispute_line')
    op.drop_table('dispute_event')
    op.drop_index('uq_suspension_running', table_name='suspension', postgresql_where=sa.text('restored_on IS NULL'))
    op.drop_index(op.f('ix_suspension_account_id'), table_name='suspension')
    op.drop_table('suspension')
    op.drop_index('ix_notice_waiting', table_name='notice', postgresql_where=sa.text('handled_at IS NULL'))
    op.drop_index(op.f('ix_notice_account_id'), table_name='notice')
    op.drop_table('notice')
    op.drop_table('dunning_step')
    op.drop_index('ix_dispute_unanswered', table_name='dispute', postgresql_where=sa.text('answered_on IS NULL'))
    op.drop_index(op.f('ix_dispute_invoice_id'), table_name='dispute')
    op.drop_index(op.f('ix_dispute_account_id'), table_name='dispute')
    op.drop_table('dispute')
    op.drop_table('arrangement_part')
