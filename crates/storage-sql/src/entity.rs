//! The rows as they are stored.

pub(crate) mod game_character {
    //! Characters by name.

    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "game_character")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub ocid: String,
        pub world: String,
        pub class: String,
        pub level: u16,
        pub fetched_at_us: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod job_run {
    //! The latest run of each job that one instance does for all.

    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "job_run")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub job: String,
        pub tick: i64,
        pub instance: String,
        pub started_at_us: i64,
        pub ended_at_us: Option<i64>,
        pub succeeded: Option<bool>,
        pub report: Option<String>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod equipment_snapshot {
    //! The newest equipment document of each character.

    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "equipment_snapshot")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub ocid: String,
        pub fetched_at_us: i64,
        pub content_hash: Vec<u8>,
        pub encoding: String,
        pub dictionary_id: Option<u32>,
        pub body: Vec<u8>,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod member {
    //! Members.

    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "member")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Vec<u8>,
        pub characters: String,
        pub seen_at_us: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) mod member_session {
    //! Sessions of members.

    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "member_session")]
    pub(crate) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Vec<u8>,
        pub member_id: Vec<u8>,
        pub opened_at_us: i64,
        pub access_hash: Vec<u8>,
        pub access_until_us: i64,
        pub refresh_hash: Vec<u8>,
        pub refresh_until_us: i64,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}
