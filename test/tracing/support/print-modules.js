// Preloaded into a process: at its end it prints how many modules of OpenTelemetry's SDK it has loaded. prom-client loads the small API.
const { writeSync } = require('node:fs');

process.on('exit', () => {
  const loaded = Object.keys(require.cache).filter((file) => /@opentelemetry.(?!api.)/.test(file));
  writeSync(1, `\n${JSON.stringify({ modules_of_opentelemetry: loaded.length })}\n`);
});
