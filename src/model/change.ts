/** Kinds of change, as Flink names them (S13.1). The codes are what `kind` columns hold. */
export const INSERT = 0;
export const UPDATE_BEFORE = 1;
export const UPDATE_AFTER = 2;
export const DELETE = 3;

export const CHANGE_SIGNS = ['+I', '−U', '+U', '−D'] as const;

/** +I and +U add a row, −U and −D take one away. */
export const adds = (kind: number): boolean => kind === INSERT || kind === UPDATE_AFTER;
