import { type FigureCell, type FigureOptions } from '../../notebook/document';
import { type PreparedCell } from '../pages';
import { isWide } from '../scenes';

/** The width that the build draws a picture for, in CSS px; the measured one takes its place in the browser. */
export const nominalWidth = (cell: FigureCell): number => (isWide(cell) ? 720 : 330);

/** A table is also told how many rows it has at most, for the room that it takes. */
export const optionsOf = (cell: FigureCell, figure: PreparedCell['figure'] | undefined): FigureOptions =>
  typeof figure?.most === 'number' ? { ...cell.options, most: figure.most } : cell.options;

/** The width that the build draws each of the pictures for that stand side by side. */
export const COMPARED_WIDTH = 400;

/** Where the picture of one run of a comparison is put. */
export const comparedName = (cell: string, run: number): string => `${cell}-${run}`;
