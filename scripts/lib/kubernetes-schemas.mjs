// node kubernetes-schemas.mjs SWAGGER OUT CRD…: a JSON schema a kind, for kubeconform: Kubernetes' own from its OpenAPI document,
// ours from their definitions. Unknown fields are refused.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [swagger, out, ...crds] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
const PREFIX = '#/definitions/';

function strict(schema) {
  if (Array.isArray(schema)) return schema.map(strict);
  if (schema === null || typeof schema !== 'object') return schema;
  const result = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strict(value)]));
  if (schema.properties && typeof schema.properties === 'object' && !schema.additionalProperties) {
    result.additionalProperties = schema['x-kubernetes-preserve-unknown-fields'] === true;
  }
  return result;
}

function referenced(schema, found) {
  if (schema === null || typeof schema !== 'object') return found;
  const name = typeof schema.$ref === 'string' ? schema.$ref.slice(PREFIX.length) : null;
  if (name && !found.has(name)) {
    found.add(name);
    referenced(definitions[name], found);
  }
  Object.values(schema).forEach((inner) => referenced(inner, found));
  return found;
}

const definitions = strict(read(swagger).definitions);
// Numbers are taken, too.
definitions['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: ['string', 'number'] };
definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { type: ['string', 'integer'] };

mkdirSync(out, { recursive: true });
// kubeconform takes the version of the core group for its name.
function write(kind, group, version, schema) {
  writeFileSync(join(out, `${kind}-${group || version}-${version}.json`.toLowerCase()), JSON.stringify(schema));
}

for (const [name, definition] of Object.entries(definitions)) {
  for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
    const needed = [...referenced(definition, new Set([name]))];
    const all = Object.fromEntries(needed.map((name) => [name, definitions[name]]));
    write(kind, group, version, { $ref: PREFIX + name, definitions: all });
  }
}
for (const { spec } of crds.map(read)) {
  for (const version of spec.versions) {
    const schema = strict(version.schema.openAPIV3Schema);
    schema.properties.apiVersion = schema.properties.kind = { type: 'string' };
    schema.properties.metadata = { type: 'object' };
    write(spec.names.kind, spec.group, version.name, schema);
  }
}
