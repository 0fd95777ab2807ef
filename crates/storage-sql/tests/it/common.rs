//! The same tests on each engine.

/// Makes a test on SQLite and one on MariaDB of each async function that takes an empty
/// [`testkit::TestDatabase`].
macro_rules! on_each_engine {
    ($($test:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $test() {
                super::$test(testkit::TestDatabase::sqlite()).await;
            })*
        }
        mod mariadb {
            $(#[tokio::test]
            async fn $test() {
                super::$test(testkit::TestDatabase::mysql().await).await;
            })*
        }
    };
}
