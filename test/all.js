// Runs every check and then every test, and ends with the totals. `--totals` only reads the last run's reports.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const REPORTS = join(ROOT, 'test-results');
const CHECKED = join(REPORTS, 'checks.json');

/** Scripts of package.json; each counts as one check. */
const CHECKS = ['types:worker', 'types:page', 'types:test', 'lint', 'format'];

/** Vitest's projects, each in a run of its own: one that cannot start does not hide the others. */
const PROJECTS = ['unit', 'browser', 'site'];

const reportOf = (project) => join(REPORTS, `${project}.json`);

function succeeds(name, command, args) {
  console.log(`\n> ${name}`);
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(status === 0 ? `${name}: passed` : `${name}: FAILED`);
  return status === 0;
}

/** The same beside others: what it prints is kept until it has ended. */
function succeedsBeside(name, command, args) {
  const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text));
  child.on('error', (error) => (printed += error.message));
  return new Promise((resolve) => {
    child.on('close', (status) => {
      console.log(`\n> ${name}\n${printed}${name}: ${status === 0 ? 'passed' : 'FAILED'}`);
      resolve(status === 0);
    });
  });
}

async function run() {
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const checks = await Promise.all(
    CHECKS.map(async (name) => [name, await succeedsBeside(name, npm, ['run', '--silent', name])]),
  );
  const projects = PROJECTS.map((name) => {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(name)}`];
    return [name, succeeds(name, process.execPath, [vitest, 'run', '--project', name, ...reporters])];
  });
  writeFileSync(CHECKED, JSON.stringify({ checks, projects }));
}

const read = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);

/** What a project's own report says: a test file that could not be loaded counts as one failure. */
function results(project, succeeded) {
  const report = read(reportOf(project));
  if (!report) return { passed: 0, failures: [`${project}: no report`] };
  const failures = report.testResults.flatMap(({ name, status, assertionResults }) => {
    const file = relative(ROOT, name);
    const tests = assertionResults.filter((result) => result.status === 'failed');
    if (tests.length) return tests.map((result) => `${file}: ${result.fullName}`);
    return status === 'failed' ? [`${file}: could not be run`] : [];
  });
  // An error outside of every test, or no test at all.
  if (failures.length === 0 && !succeeded) failures.push(`${project}: the runner ended with an error`);
  return { passed: report.numPassedTests, failures };
}

function totals() {
  const ran = read(CHECKED);
  if (!ran) return { passed: 0, failures: ['the checks did not run'] };
  const broken = ran.checks.filter(([, passed]) => !passed).map(([name]) => name);
  const tested = ran.projects.map(([project, succeeded]) => results(project, succeeded));
  return {
    passed: ran.checks.length - broken.length + tested.reduce((sum, { passed }) => sum + passed, 0),
    failures: [...broken, ...tested.flatMap(({ failures }) => failures)],
  };
}

if (!process.argv.includes('--totals')) await run();
const { passed, failures } = totals();
if (failures.length) console.log(`\nfailed:\n${failures.map((name) => `  ${name}`).join('\n')}`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length ? 1 : 0;
