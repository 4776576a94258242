// Writes src/api/generated/<service>.ts from docs/openapi/<service>.json.
//   npm run generate             all four
//   npm run generate -- --check  fails when a committed file is not what the document gives
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const services = ["auth", "catalog", "booking", "payment"];
const check = process.argv.includes("--check");
const documents = new URL(process.env.OPENAPI_DIR ?? "../../docs/openapi/", import.meta.url);
const head = "// Generated from docs/openapi by `npm run generate`. Don't edit.\n\n";
let stale = 0;

for (const service of services) {
  const source = new URL(`${service}.json`, documents);
  const target = new URL(`../src/api/generated/${service}.ts`, import.meta.url);
  const code = head + astToString(await openapiTS(source));
  const before = existsSync(target) ? readFileSync(target, "utf8") : "";
  if (code === before) continue;
  if (check) {
    console.error(`src/api/generated/${service}.ts is not what docs/openapi/${service}.json gives: run npm run generate`);
    stale += 1;
  } else {
    writeFileSync(target, code);
    console.log(`src/api/generated/${service}.ts`);
  }
}
process.exit(stale > 0 ? 1 : 0);
