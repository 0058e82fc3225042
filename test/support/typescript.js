// Lets a Node process require TypeScript files, so that scripts need no build.
const { readFileSync } = require('node:fs');
const ts = require('typescript');

const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };

require.extensions['.ts'] = (module, path) => {
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
    compilerOptions: options,
    fileName: path,
  });
  module._compile(outputText, path);
};
