import { type ExerciseCell, type Setting } from '../notebook/document';

/** The author's listed wrong answer that the reader gave, if it is one. */
export function knownMistake(cell: ExerciseCell, setting: Setting): ExerciseCell['wrong'][number] | null {
  const given: Setting = { ...cell.start, ...setting };
  return (
    cell.wrong.find(({ set }) =>
      Object.entries({ ...cell.start, ...set }).every(([name, value]) => given[name] === value),
    ) ?? null
  );
}
