//! Types of the pages' scripts and of TypeScript clients, checked by the compiler of TypeScript
//! against types generated from docs/api/openapi.json.

use xshell::{Shell, cmd};

/// Packages by their exact versions.
const PACKAGES: [&str; 2] = ["typescript@5.9.3", "openapi-typescript@7.9.1"];

/// Client that uses the generated types as programs do.
const CLIENT: &str = r#"import type { paths } from "./api";
type Json<T> = T extends { content: { "application/json": infer Body } } ? Body : never;
type OddsQuestion = Json<NonNullable<paths["/api/v1/calculations/potential"]["post"]["requestBody"]>>;
type OddsAnswer = Json<paths["/api/v1/calculations/potential"]["post"]["responses"]["200"]>;
type Rules = Json<paths["/api/v1/rules"]["get"]["responses"]["200"]>;

export const odds = async (origin: string, question: OddsQuestion): Promise<OddsAnswer> => {
  const response = await fetch(`${origin}/api/v1/calculations/potential`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(question),
  });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()) as OddsAnswer;
};

export const isReachable = (answer: OddsAnswer): boolean => answer.reachable;
export const names = (rules: Rules): string[] => rules.potential.map((set) => set.name);
"#;

const SETTINGS: &str = r#"{
  "compilerOptions": {
    "strict": true, "checkJs": true, "allowJs": true, "noEmit": true, "skipLibCheck": false,
    "target": "es2022", "module": "es2022", "moduleResolution": "bundler",
    "lib": ["es2022", "dom", "dom.iterable"], "types": []
  },
  "include": ["scripts/*.js", "client.ts", "api.ts"]
}
"#;

/// Checks the types. Without npm nothing is checked, and the output says so.
pub(crate) fn check(shell: &Shell) -> anyhow::Result<()> {
    let has_npm = cmd!(shell, "npm --version")
        .quiet()
        .ignore_stderr()
        .read()
        .is_ok();
    if !has_npm {
        println!(
            "SKIPPED: npm is not installed, so scripts and TypeScript clients are NOT checked"
        );
        return Ok(());
    }
    let folder = crate::target_directory(shell)?.join("types");
    let scripts = folder.join("scripts");
    shell.remove_path(&scripts)?;
    shell.create_dir(&scripts)?;
    for file in shell.read_dir("crates/pages/assets")? {
        if file.extension().is_some_and(|extension| extension == "js") {
            shell.copy_file(&file, &scripts)?;
        }
    }
    shell.write_file(folder.join("tsconfig.json"), SETTINGS)?;
    shell.write_file(folder.join("client.ts"), CLIENT)?;
    let document = crate::root().join("docs/api/openapi.json");
    let _inside = shell.push_dir(&folder);
    cmd!(
        shell,
        "npm install --silent --no-audit --no-fund --no-save {PACKAGES...}"
    )
    .run()?;
    cmd!(
        shell,
        "node_modules/.bin/openapi-typescript {document} -o api.ts"
    )
    .run()?;
    cmd!(shell, "node_modules/.bin/tsc --project .").run()?;
    Ok(())
}
