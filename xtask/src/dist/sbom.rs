//! The bill of materials, in `CycloneDX` 1.5 (ECMA-424).

use anyhow::Context;
use cargo_metadata::Package;
use serde_json::{Value, json};

use super::packages::Packages;

/// The document as JSON.
///
/// # Errors
///
/// A package without a licence, or its source without a checksum.
pub(super) fn document(packages: &Packages) -> anyhow::Result<String> {
    let components: Vec<_> = packages
        .foreign()
        .map(|package| component(package, packages.checksum(package)))
        .collect::<Result<_, _>>()?;
    let version = packages.server_version();
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": "maple-expectation",
                "name": "maple-expectation", "version": version,
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
            },
        },
        "components": components,
    });
    Ok(format!("{document:#}\n"))
}

fn component(package: &Package, checksum: Option<&str>) -> anyhow::Result<Value> {
    let (name, version) = (&package.name, &package.version);
    let url = format!("pkg:cargo/{name}@{version}");
    let licence = package.license.as_deref();
    let licence = licence.with_context(|| format!("{url} names no licence"))?;
    let checksum = checksum.with_context(|| format!("{url} has no checksum"))?;
    Ok(json!({
        "type": "library", "bom-ref": url, "name": name.to_string(),
        "version": version.to_string(), "purl": url,
        // Crates of old wrote `MIT/Apache-2.0`, which is no SPDX expression.
        "licenses": [{"expression": licence.replace('/', " OR ")}],
        "hashes": [{"alg": "SHA-256", "content": checksum}],
    }))
}

#[cfg(test)]
mod tests {
    use xshell::Shell;

    use super::*;

    #[test]
    fn bill_lists_what_is_linked_and_nothing_of_tests() {
        let shell = Shell::new().unwrap();
        shell.change_dir(crate::root());
        let packages = Packages::of_server(&shell).unwrap();
        let bill: Value = serde_json::from_str(&document(&packages).unwrap()).unwrap();
        let components = bill["components"].as_array().unwrap();
        let has = |name: &str| components.iter().any(|component| component["name"] == name);
        assert!(has("actix-web") && has("rustls") && has("sea-orm"));
        assert!(!has("proptest") && !has("promql-parser") && !has("server"));
        assert!(components.iter().all(|component| {
            let content = component["hashes"][0]["content"].as_str().unwrap();
            content.len() == 64 && !component["licenses"][0]["expression"].is_null()
        }));
        assert!(
            super::super::licences::text(&packages)
                .unwrap()
                .contains("actix-web")
        );
    }
}
