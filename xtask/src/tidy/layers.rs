//! Dependency rules: layers, and technology that is confined to its crates.

use cargo_metadata::{DependencyKind, Metadata, Package};

/// A layer of docs/architecture.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Core,
    Support,
    Adapter,
    /// An adapter that records metrics itself.
    InstrumentedAdapter,
    Edge,
    App,
    Test,
}

impl Layer {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "core" => Self::Core,
            "support" => Self::Support,
            "adapter" => Self::Adapter,
            "instrumented-adapter" => Self::InstrumentedAdapter,
            "edge" => Self::Edge,
            "app" => Self::App,
            "test" => Self::Test,
            _ => return None,
        })
    }

    /// Whether a crate of this layer may depend on one of `other`.
    fn may_use(self, other: Self) -> bool {
        match self {
            Self::Core | Self::Adapter => matches!(other, Self::Core | Self::Support),
            Self::InstrumentedAdapter => matches!(other, Self::Core | Self::Support | Self::Edge),
            Self::Support | Self::Edge => false,
            Self::App => true,
            Self::Test => matches!(other, Self::Core | Self::Support | Self::Adapter),
        }
    }
}

/// Allowed dependencies within the core. Cargo forbids cycles; this forbids the rest.
const CORE_USES: &[(&str, &[&str])] = &[
    ("equipment", &["cube-probability", "kernel", "planning"]),
    ("planning", &["cube-probability"]),
    ("donation", &["outbox", "kernel"]),
    ("histories", &["cube-probability", "members", "planning"]),
    ("likes", &["kernel"]),
    ("members", &["kernel"]),
    ("outbox", &["kernel"]),
    ("alerts", &["kernel"]),
    ("schedule", &["kernel"]),
    (
        "api",
        &[
            "cube-probability",
            "donation",
            "equipment",
            "histories",
            "kernel",
            "likes",
            "members",
            "outbox",
            "planning",
            "schedule",
        ],
    ),
    ("pages", &["api", "cube-probability", "planning"]),
];

/// Technology and the only packages that may depend on it.
const CONFINED: &[(&str, &[&str])] = &[
    ("sea-orm", &["storage-sql", "migrations"]),
    ("sea-orm-migration", &["storage-sql", "migrations"]),
    ("sqlx", &["storage-sql", "migrations"]),
    ("fred", &["coordination-redis"]),
    ("reqwest", &["nexon-http", "notify-discord", "telemetry"]),
    (
        "actix-web",
        &[
            "server",
            "http-server",
            "nexon-sandbox",
            "discord-sandbox",
            "load",
        ],
    ),
    ("actix-http", &["http-server"]),
    ("actix-server", &["http-server"]),
    ("failsafe", &["resilience"]),
    ("tracing-subscriber", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("opentelemetry-otlp", &["telemetry"]),
    ("tracing-opentelemetry", &["telemetry"]),
];

/// Returns a description of each dependency that breaks a rule.
pub(super) fn breaches(metadata: &Metadata) -> Vec<String> {
    let packages = metadata.workspace_packages();
    packages
        .iter()
        .flat_map(|package| breaches_of(package, &packages))
        .collect()
}

fn breaches_of(package: &Package, packages: &[&Package]) -> Vec<String> {
    let Some(layer) = layer_of(package) else {
        return vec![format!(
            "{} declares no known [package.metadata.architecture] layer",
            package.name
        )];
    };
    let mut found = Vec::new();
    for dependency in &package.dependencies {
        let is_dev = dependency.kind == DependencyKind::Development;
        let breach = match packages.iter().find(|other| other.name == dependency.name) {
            Some(other) => ours(package, layer, other, is_dev),
            None => foreign(package, layer, &dependency.name, is_dev),
        };
        found.extend(breach);
    }
    found
}

/// Whether `package` may depend on `other`, both ours.
fn ours(package: &Package, layer: Layer, other: &Package, is_dev: bool) -> Option<String> {
    let other_layer = layer_of(other)?;
    let allowed = match (layer, other_layer) {
        // Tests may build on anything a level of the house offers them.
        _ if is_dev => true,
        // The commands of the project start the servers that tests share; the load generator
        // starts its own.
        (Layer::App, Layer::Test) => ["xtask", "load"].contains(&package.name.as_str()),
        // The migrations are the store's other half.
        (Layer::Adapter, Layer::Adapter) => {
            package.name == "storage-sql" && other.name == "migrations"
        }
        (Layer::Core, Layer::Core) => CORE_USES.iter().any(|(name, uses)| {
            *name == package.name.as_str() && uses.contains(&other.name.as_str())
        }),
        _ => layer.may_use(other_layer),
    };
    (!allowed).then(|| {
        format!(
            "{} ({layer:?}) must not depend on {} ({other_layer:?})",
            package.name, other.name
        )
    })
}

/// Whether `package` may depend on a crate that is not ours.
fn foreign(package: &Package, layer: Layer, name: &str, is_dev: bool) -> Option<String> {
    let (_, rooms) = CONFINED
        .iter()
        .find(|(technology, _)| *technology == name)?;
    // Tests talk HTTP to what they test; no other technology leaves its room even there.
    let is_test_client = name == "reqwest" && (is_dev || matches!(layer, Layer::Test));
    (!rooms.contains(&package.name.as_str()) && !is_test_client).then(|| {
        format!(
            "{} must not depend on {name}; its place is {}",
            package.name,
            rooms.join(", ")
        )
    })
}

fn layer_of(package: &Package) -> Option<Layer> {
    package
        .metadata
        .get("architecture")?
        .get("layer")?
        .as_str()
        .and_then(Layer::parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A workspace of two packages where the first depends on `dependency` (with `kind`).
    fn workspace(name: &str, layer: &str, dependency: &str, kind: Option<&str>) -> Metadata {
        let package = |name: &str, layer: &str, dependencies: serde_json::Value| {
            serde_json::json!({
                "name": name, "version": "0.1.0", "id": name, "dependencies": dependencies,
                "targets": [], "features": {}, "manifest_path": "/Cargo.toml",
                "metadata": {"architecture": {"layer": layer}},
            })
        };
        let uses = serde_json::json!([{
            "name": dependency, "req": "*", "kind": kind, "optional": false,
            "uses_default_features": true, "features": [], "target": null,
        }]);
        let other_layer = if dependency == "testkit" {
            "test"
        } else {
            "adapter"
        };
        serde_json::from_value(serde_json::json!({
            "packages": [package(name, layer, uses), package(dependency, other_layer, serde_json::json!([]))],
            "workspace_members": [name, dependency], "workspace_default_members": [],
            "resolve": null, "target_directory": "/t", "version": 1, "workspace_root": "/", "metadata": null,
        }))
        .unwrap()
    }

    #[test]
    fn core_may_not_depend_on_an_adapter() {
        let metadata = workspace("equipment", "core", "storage-sql", None);
        assert_eq!(
            breaches(&metadata),
            ["equipment (Core) must not depend on storage-sql (Adapter)"]
        );
    }

    #[test]
    fn adapters_may_not_depend_on_each_other() {
        assert_eq!(
            breaches(&workspace("nexon-http", "adapter", "storage-sql", None)).len(),
            1
        );
        assert!(
            breaches(&workspace(
                "nexon-http",
                "adapter",
                "storage-sql",
                Some("dev")
            ))
            .is_empty()
        );
    }

    #[test]
    fn testkit_is_for_tests_only() {
        assert_eq!(
            breaches(&workspace("server", "app", "testkit", None)).len(),
            1
        );
        assert!(breaches(&workspace("server", "app", "testkit", Some("dev"))).is_empty());
    }

    #[test]
    fn layer_must_be_declared() {
        let metadata = workspace("server", "attic", "testkit", Some("dev"));
        assert!(breaches(&metadata)[0].contains("declares no known"));
    }

    #[test]
    fn technology_is_confined_to_its_crates() {
        let mut metadata = workspace("equipment", "core", "reqwest", None);
        metadata.packages.truncate(1);
        metadata.workspace_members.truncate(1);
        assert_eq!(
            breaches(&metadata),
            [
                "equipment must not depend on reqwest; its place is nexon-http, notify-discord, telemetry"
            ]
        );
    }
}
