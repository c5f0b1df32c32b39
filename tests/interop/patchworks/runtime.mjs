// SPDX-License-Identifier: GPL-3.0-or-later
// Calls the pre-request script as Patchworks does: module.exports(data). One JSON question per line of standard input,
// one JSON answer per line: {"library", "data", "fixed_random"} -> {"result"} or {"error"}.
//
// "library" is the jsrsasign that the script gets, "fixed_random" replaces the random numbers of Node's crypto.
import crypto from 'node:crypto';
import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const SCRIPT = fileURLToPath(
  new URL('../../../roles/patchworks_handover/files/generate_client_assertion.js', import.meta.url),
);
const randomBytes = crypto.randomBytes;
const libraries = Object.fromEntries(['jsrsasign', 'jsrsasign-oldest'].map((name) => [name, require.resolve(name)]));
const resolve = Module._resolveFilename;
let library = 'jsrsasign';
Module._resolveFilename = function (request, ...rest) {
  return request === 'jsrsasign' ? libraries[library] : resolve.call(this, request, ...rest);
};

// Patchworks takes the script for CommonJS, whatever package.json lies in a folder above this clone.
function load() {
  const script = new Module(SCRIPT);
  script._compile(readFileSync(SCRIPT, 'utf8'), SCRIPT);
  return script.exports;
}

async function answer(question) {
  library = question.library;
  crypto.randomBytes = question.fixed_random ? (size) => Buffer.alloc(size, 7) : randomBytes;
  try {
    return { result: await load()(question.data) };
  } catch (error) {
    return { error: `${error.name}: ${error.message}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line)))}\n`);
}
