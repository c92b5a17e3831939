"""Keep what was understood and what to learn."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('inbound_message', sa.Column('understood', postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column('inbound_message', sa.Column('asked', sa.String(length=32), nullable=True))
    op.create_table('message_review',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('message_id', sa.Uuid(), nullable=False),
    sa.Column('conversation_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('channel', sa.String(length=16), nullable=False),
    sa.Column('language', sa.String(length=2), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('said_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('why', sa.String(length=16), nullable=False),
    sa.Column('understood', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('asked', sa.String(length=32), nullable=True),
    sa.Column('intent', sa.String(length=40), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('exported_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('(decided_at is null) = (decided_by is null)', name=op.f('ck_message_review_decided')),
    sa.CheckConstraint('intent is null or decided_at is not null', name=op.f('ck_message_review_intent')),
    sa.CheckConstraint('exported_at is null or decided_at is not null', name=op.f('ck_message_review_exported')),
    sa.ForeignKeyConstraint(['conversation_id'], ['conversation.id'], name=op.f('fk_message_review_conversation_id_conversation'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['message_id'], ['inbound_message.id'], name=op.f('fk_message_review_message_id_inbound_message'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message_review')),
    sa.UniqueConstraint('message_id', name=op.f('uq_message_review_message_id')),
    sa.UniqueConstraint('position', name=op.f('uq_message_review_position'))
    )
    op.create_index(op.f('ix_message_review_conversation_id'), 'message_review', ['conversation_id'], unique=False)
    op.create_index('ix_message_review_open', 'message_review', ['position'], unique=False, postgresql_where=sa.text('decided_at IS NULL'))
    op.create_index('ix_message_review_decided', 'message_review', ['decided_at'], unique=False, postgresql_where=sa.text('decided_at IS NOT NULL'))


def downgrade() -> None:
    op.drop_table('message_review')
    op.drop_column('inbound_message', 'asked')
    op.drop_column('inbound_message', 'understood')
