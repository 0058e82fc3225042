// Checks the manifests against the schemas of Kubernetes and KEDA, and that every setting in them and in app.json and docker-compose.yml
// is one that docs/operations.md describes.
import console from 'node:console';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import process from 'node:process';
import { load, loadAll } from 'js-yaml';

const require = createRequire(import.meta.url);
const folder = import.meta.dirname;
const manifestFolder = join(folder, 'kubernetes');
const problems = [];

/** Returns the class that validates this kind of object. */
function modelOf({ apiVersion, kind }) {
  const name = apiVersion.startsWith('keda.sh/')
    ? `@kubernetes-models/keda/${apiVersion}/${kind}`
    : `kubernetes-models/${apiVersion}/${kind}`;
  return require(name)[kind];
}

function settingsOf(manifest) {
  if (manifest.kind === 'ConfigMap') return Object.keys(manifest.data);
  const containers = manifest.spec?.template?.spec?.containers ?? [];
  return containers.flatMap(({ env = [] }) => env.map(({ name }) => name));
}

const table = readFileSync(join(folder, '../docs/operations.md'), 'utf8');
const described = new Set(
  [...table.matchAll(/^\| (`[A-Z_`, ]+`) +\|/gm)].flatMap(([, names]) => names.match(/[A-Z_]+/g)),
);

function checkSettings(file, names) {
  for (const name of names)
    if (!described.has(name))
      problems.push(`${file}: docs/operations.md does not describe the setting ${name}`);
}

let count = 0;
for (const file of readdirSync(manifestFolder)) {
  for (const manifest of loadAll(readFileSync(join(manifestFolder, file), 'utf8'))) {
    count += 1;
    try {
      new (modelOf(manifest))(manifest).validate();
    } catch (error) {
      problems.push(`${file}: ${manifest.kind} ${manifest.metadata?.name}: ${error.message}`);
    }
    checkSettings(file, settingsOf(manifest));
  }
}

const app = JSON.parse(readFileSync(join(folder, '../app.json'), 'utf8'));
checkSettings('app.json', Object.keys(app.env));
const compose = load(readFileSync(join(folder, '../docker-compose.yml'), 'utf8'));
checkSettings('docker-compose.yml', Object.keys(compose['x-conv'].environment));

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${count} Kubernetes objects are valid; all settings are described`);
