"""Take payments by link and give money back."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('payment_provider_event',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_provider_event'))
    )
    op.create_table('payment_link',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('invoice_id', sa.Uuid(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=True),
    sa.Column('created_by', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_payment_link_positive')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_payment_link_account_id_account')),
    sa.ForeignKeyConstraint(['invoice_id'], ['invoice.id'], name=op.f('fk_payment_link_invoice_id_invoice')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_link')),
    sa.UniqueConstraint('token', name=op.f('uq_payment_link_token'))
    )
    op.create_index(op.f('ix_payment_link_account_id'), 'payment_link', ['account_id'], unique=False)
    op.create_table('payment_checkout',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('link_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('payment_reference', sa.String(), nullable=True),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failure', sa.String(), nullable=True),
    sa.CheckConstraint("state in ('opening', 'open', 'processing', 'paid', 'failed', 'expired')", name=op.f('ck_payment_checkout_state')),
    sa.ForeignKeyConstraint(['link_id'], ['payment_link.id'], name=op.f('fk_payment_checkout_link_id_payment_link')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_checkout')),
    sa.UniqueConstraint('link_id', 'number', name=op.f('uq_payment_checkout_link_id_number')),
    sa.UniqueConstraint('payment_reference', name=op.f('uq_payment_checkout_payment_reference')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_payment_checkout_provider_id'))
    )
    op.create_table('refund',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=True),
    sa.Column('payment_id', sa.Uuid(), nullable=True),
    sa.Column('credit_note_id', sa.Uuid(), nullable=True),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(length=3), nullable=False),
    sa.Column('method', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('requested_by', sa.String(), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('failure', sa.String(), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('first_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("method in ('provider', 'bank_transfer')", name=op.f('ck_refund_method')),
    sa.CheckConstraint("state in ('requested', 'sent', 'failed')", name=op.f('ck_refund_state')),
    sa.CheckConstraint('amount_minor > 0', name=op.f('ck_refund_positive')),
    sa.CheckConstraint('num_nonnulls(payment_id, credit_note_id) = 1', name=op.f('ck_refund_one_source')),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], name=op.f('fk_refund_account_id_account')),
    sa.ForeignKeyConstraint(['credit_note_id'], ['credit_note.id'], name=op.f('fk_refund_credit_note_id_credit_note')),
    sa.ForeignKeyConstraint(['payment_id'], ['payment.id'], name=op.f('fk_refund_payment_id_payment')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('provider_id', name=op.f('uq_refund_provider_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_refund_reference'))
    )
    op.create_index(op.f('ix_refund_account_id'), 'refund', ['account_id'], unique=False)
    op.create_index(op.f('ix_refund_credit_note_id'), 'refund', ['credit_note_id'], unique=False)
    op.create_index(op.f('ix_refund_payment_id'), 'refund', ['payment_id'], unique=False)
    op.create_index('ix_refund_requested', 'refund', ['requested_at'], unique=False, postgresql_where=sa.text("state = 'requested'"))


def downgrade() -> None:
    op.drop_index('ix_refund_requested', table_name='refund', postgresql_where=sa.text("state = 'requested'"))
    op.drop_index(op.f('ix_refund_payment_id'), table_name='refund')
    op.drop_index(op.f('ix_refund_credit_note_id'), table_name='refund')
    op.drop_index(op.f('ix_refund_account_id'), table_name='refund')
    op.drop_table('refund')
    op.drop_table('payment_checkout')
    op.drop_index(op.f('ix_payment_link_account_id'), table_name='payment_link')
    op.drop_table('payment_link')
    op.drop_table('payment_provider_event')
