/**
 * Replaces an exported function of the build, for every module that imports it. Fails if there is no such function, so that a
 * renamed function cannot make a planted bug disappear.
 * @param path of the module, below dist/src
 */
exports.replaceExport = (path, name, replace) => {
  const module = require(`../../../dist/src/${path}`);
  const original = module[name];
  if (typeof original !== 'function')
    throw new Error(`planted bug: ${path} does not export the function ${name}`);
  module[name] = replace(original);
};
