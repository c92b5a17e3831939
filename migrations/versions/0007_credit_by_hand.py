"""Credit by hand with a reason, and find payments by what their payers wrote."""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('credit_note', sa.Column('note', sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_index(op.f('ix_credit_note_issued_on'), 'credit_note', ['issued_on'], unique=False)
    op.create_index('ix_payment_note_words', 'payment', [sa.literal_column("regexp_split_to_array(payer_note, '[^A-Za-z0-9-]+')")], unique=False, postgresql_using='gin')
    op.drop_constraint(op.f('ck_credit_note_reason'), 'credit_note')
    # A finding's id begins with its kind, which is the reason now.
    op.execute("UPDATE credit_note SET reason = split_part(finding_id, ':', 1) WHERE finding_id IS NOT NULL")


def downgrade() -> None:
    op.execute(
        "UPDATE credit_note SET reason = CASE WHEN reason = 'discount' THEN 'discount'"
        " WHEN reason IN ('goodwill', 'service_outage', 'cancellation', 'withdrawal') THEN 'goodwill'"
        " ELSE 'error' END"
    )
    op.create_check_constraint(op.f('ck_credit_note_reason'), 'credit_note', "reason in ('error', 'discount', 'goodwill')")
    op.drop_index('ix_payment_note_words', table_name='payment', postgresql_using='gin')
    op.drop_index(op.f('ix_credit_note_issued_on'), table_name='credit_note')
    op.drop_column('credit_note', 'note')
