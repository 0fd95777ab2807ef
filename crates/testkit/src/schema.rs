//! The schema as a template: brought up to date once for each test program and engine, then copied.
//!
//! Bringing it up to date takes as many steps as there are migrations; a copy takes one statement
//! for each table, or is one file. What a copy is made from belongs to the very program that made
//! it, so a schema that was changed is never taken for the present one; and the migrations run
//! after a copy as well, and find nothing to do.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use secrecy::SecretString;

use crate::{programs, unique};

/// Separator of the statements in a template; no statement of a schema contains it.
const END: &str = "\n;\n";

/// The templates of this program.
#[derive(Debug)]
pub(crate) struct Templates {
    folder: PathBuf,
    /// Identity of this program, the same for every build of it.
    program: String,
    /// Identity of this build.
    build: String,
}

/// State of a database that was to get a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TemplateCopy {
    /// It has one.
    Copied,
    /// It was empty and is so, for want of a template.
    Empty,
    /// There was something in it, which was left alone.
    Used,
}

impl Templates {
    /// `None` where nothing can be kept.
    pub(crate) fn of_this_program() -> Option<Self> {
        let program = std::env::current_exe().ok()?;
        let file = fs::metadata(&program).ok()?;
        let build: (u64, SystemTime) = (file.len(), file.modified().ok()?);
        Some(Self {
            folder: programs::cache().ok()?,
            program: format!("schema-{}-", hash(&program)),
            build: hash(&build),
        })
    }

    /// Makes the tables in a database of a server.
    pub(crate) async fn fill_server(&self, url: &SecretString) -> TemplateCopy {
        let mut found = TemplateCopy::Empty;
        let template = |version: &str| {
            let template = fs::read_to_string(self.of(version)).unwrap_or_default();
            if !template.is_empty() {
                found = TemplateCopy::Copied;
            }
            template.split_terminator(END).map(str::to_owned).collect()
        };
        let was_empty = storage_sql::testkit::make_schema(url, template).await;
        let was_empty = was_empty.expect("a schema that was there can be made again");
        if was_empty { found } else { TemplateCopy::Used }
    }

    /// Keeps the schema of a database of a server.
    pub(crate) async fn keep_server(&self, url: &SecretString) {
        let schema = storage_sql::testkit::schema(url).await;
        let (version, statements) = schema.expect("the server tells its tables");
        let text: String = statements.iter().flat_map(|sql| [sql, END]).collect();
        // Without it the next database takes longer, which is no reason to fail.
        let _ = self.keep(&version, |file| fs::write(file, text));
    }

    /// Puts a copy at the place of a SQLite file.
    pub(crate) fn fill_file(&self, file: &Path) -> TemplateCopy {
        if file.exists() {
            return TemplateCopy::Used;
        }
        match fs::copy(self.of("sqlite"), file) {
            Ok(_) => TemplateCopy::Copied,
            Err(_) => TemplateCopy::Empty,
        }
    }

    /// Keeps the schema of a SQLite file.
    pub(crate) async fn keep_file(&self, url: &SecretString) {
        let copy = self.of(&format!("copy {:x}", unique::number()));
        let vacuum = format!("VACUUM INTO '{}'", copy.display());
        let made = storage_sql::testkit::execute(url, &[&vacuum]).await;
        made.expect("SQLite makes a copy");
        let _ = self.keep("sqlite", |file| fs::rename(copy, file));
    }

    /// The template for an engine of this name.
    fn of(&self, engine: &str) -> PathBuf {
        let Self { program, build, .. } = self;
        self.folder
            .join(format!("{program}{}-{build}", hash(&engine)))
    }

    /// Puts a template in its place at once, and removes those of earlier builds.
    fn keep(&self, engine: &str, make: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
        let place = self.of(engine);
        let unfinished = place.with_extension(format!("{:x}", unique::number()));
        make(&unfinished)?;
        fs::rename(&unfinished, &place)?;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&self.program) && !name.contains(&self.build) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

/// The same in every process of a build.
fn hash(value: &impl Hash) -> String {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}
