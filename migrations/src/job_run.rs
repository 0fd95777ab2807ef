//! The latest run of each scheduled job that one instance does for all.

use async_trait::async_trait;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, boolean_null, string_len, string_len_null,
};
use sea_orm_migration::sea_query::{self, Iden, Table};
use sea_orm_migration::{DbErr, MigrationName, MigrationTrait, SchemaManager};

use crate::table;

pub(crate) struct Migration;

#[derive(Iden)]
enum JobRun {
    Table,
    Job,
    Tick,
    Instance,
    StartedAtUs,
    EndedAtUs,
    Succeeded,
    Report,
}

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m20261126_000062_job_run"
    }
}

#[async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = table(manager, JobRun::Table)
            .col(string_len(JobRun::Job, 64).primary_key())
            .col(big_integer(JobRun::Tick))
            .col(string_len(JobRun::Instance, 64))
            .col(big_integer(JobRun::StartedAtUs))
            .col(big_integer_null(JobRun::EndedAtUs))
            .col(boolean_null(JobRun::Succeeded))
            .col(string_len_null(JobRun::Report, 1_000))
            .take();
        manager.create_table(statement).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statement = Table::drop().table(JobRun::Table).if_exists().take();
        manager.drop_table(statement).await
    }
}
