// dashboards.mjs OBSERVABILITY ROOT: the dashboards are unique and complete, and what the operator's ask for is what the operator
// measures. What the others ask for is asked of a real Prometheus by the system tests.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [observability, root] = process.argv.slice(2);
const folder = join(observability, "grafana/dashboards");
const faults = [];
const seen = { uid: new Map(), title: new Map() };
let panels = 0;

function files(directory, suffix) {
    return readdirSync(directory, { recursive: true })
        .filter((name) => name.endsWith(suffix))
        .map((name) => join(directory, name));
}

function once(kind, value, name) {
    if (!value) faults.push(`${name}: no ${kind}`);
    if (seen[kind].has(value)) faults.push(`${name}: the ${kind} ${value} is ${seen[kind].get(value)}'s`);
    seen[kind].set(value, name);
}

for (const name of readdirSync(folder).sort()) {
    const dashboard = JSON.parse(readFileSync(join(folder, name), "utf8"));
    once("uid", dashboard.uid, name);
    once("title", dashboard.title, name);
    if (!dashboard.description) faults.push(`${name}: no description`);
    const ids = new Set();
    const titles = new Set();
    for (const panel of dashboard.panels) {
        const where = `${name}: ${panel.title}`;
        if (!panel.title || titles.has(panel.title)) faults.push(`${where}: no title of its own`);
        if (ids.has(panel.id)) faults.push(`${where}: no id of its own`);
        titles.add(panel.title);
        ids.add(panel.id);
        if (panel.type === "row") continue;
        panels += 1;
        if (!panel.description) faults.push(`${where}: no description`);
        if (!panel.fieldConfig?.defaults?.unit) faults.push(`${where}: no unit`);
        if (panel.datasource?.uid !== "${datasource}") faults.push(`${where}: the data source is not \${datasource}`);
        if (!panel.targets?.length) faults.push(`${where}: no query`);
        for (const { expr } of panel.targets ?? []) if (!expr) faults.push(`${where}: an empty query`);
    }
}

// A metric of the operator's is there if its source names it.
const source = files(join(root, "operator/src"), ".rs").map((file) => readFileSync(file, "utf8")).join("\n");
const asking = [join(folder, "operator.json"), join(observability, "prometheus/rules/operator.yml")];
for (const file of asking) {
    const names = new Set(readFileSync(file, "utf8").match(/\boperator_[a-z_]+/g));
    for (const name of names) {
        const metric = name.replace(/_(bucket|count|sum)$/, "");
        if (!source.includes(`"${name}"`) && !source.includes(`"${metric}"`)) faults.push(`${file}: the operator has no metric ${name}`);
    }
}

for (const fault of faults) console.log(`error: ${fault}`);
console.log(`${seen.uid.size} dashboards with ${panels} panels`);
process.exitCode = faults.length ? 1 : 0;
