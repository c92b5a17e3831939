"""Keep delivery reports, the number written to, and the pace of sending."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('send_pace',
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('address', sa.String(length=64), nullable=False),
    sa.Column('ours', sa.Boolean(), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paused_until', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('channel', 'address', 'ours', name=op.f('pk_send_pace'))
    )
    op.add_column('conversation', sa.Column('line', sa.String(length=20), nullable=True))
    op.add_column('conversation', sa.Column('unreachable_at', sa.DateTime(timezone=True), nullable=True))
    op.add_column('outbound_message', sa.Column('receipts', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False))
    op.add_column('outbound_message', sa.Column('segments', sa.Integer(), nullable=True))
    op.add_column('outbound_message', sa.Column('attended_at', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_outbound_message_undelivered', 'outbound_message', ['created_at'], unique=False, postgresql_where=sa.text("status IN ('failed', 'unknown') AND attended_at IS NULL"))


def downgrade() -> None:
    op.drop_index('ix_outbound_message_undelivered', table_name='outbound_message', postgresql_where=sa.text("status IN ('failed', 'unknown') AND attended_at IS NULL"))
    op.drop_column('outbound_message', 'attended_at')
    op.drop_column('outbound_message', 'segments')
    op.drop_column('outbound_message', 'receipts')
    op.drop_column('conversation', 'unreachable_at')
    op.drop_column('conversation', 'line')
    op.drop_table('send_pace')
