//! Sessions of members: hashes of their tokens, and until when those are good.

use async_trait::async_trait;
use sea_orm_migration::schema::{big_integer, binary_len};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::index::IndexMigration;
use crate::table;

pub(crate) struct Migration;

/// A member's sessions are trimmed at each log-in and ended together.
pub(crate) const BY_MEMBER: IndexMigration = IndexMigration {
    migration: "m20261126_000020_member_session_by_member",
    table: "member_session",
    index: "member_session_by_member",
    columns: &["member_id", "opened_at_us"],
};

/// Expired sessions are removed now and then.
pub(crate) const BY_END: IndexMigration = IndexMigration {
    migration: "m20261126_000021_member_session_by_end",
    table: "member_session",
    index: "member_session_by_end",
    columns: &["refresh_until_us"],
};

#[derive(Iden)]
enum MemberSession {
    Table,
    Id,
    MemberId,
    OpenedAtUs,
    AccessHash,
    AccessUntilUs,
    RefreshHash,
    RefreshUntilUs,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000019_member_session"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, MemberSession::Table)
            .col(binary_len(MemberSession::Id, 16).primary_key())
            .col(binary_len(MemberSession::MemberId, 16))
            .col(big_integer(MemberSession::OpenedAtUs))
            .col(binary_len(MemberSession::AccessHash, 32))
            .col(big_integer(MemberSession::AccessUntilUs))
            .col(binary_len(MemberSession::RefreshHash, 32))
            .col(big_integer(MemberSession::RefreshUntilUs))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(MemberSession::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
