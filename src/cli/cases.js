// npm run cases -- FOLDER: runs every case in a folder on the engine.
import { bundle } from './bundle.js';

const { url, dispose } = await bundle();
try {
  const { main } = await import(url);
  const { lines, status } = await main(process.argv.slice(2));
  console.log(lines.join('\n'));
  process.exitCode = status;
} finally {
  dispose();
}
