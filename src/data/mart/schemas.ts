import { BIGINT, BOOLEAN, DATE, field, INT, MONEY, type Schema, STRING, TIMESTAMP } from '../../model';

/** The logical models of `DATA.md` §1.2. `card`, the last four digits of `cc_num`, is ours: a short name for lessons. */
export const SCHEMAS = {
  merchant_details: [
    field('merchant_id', STRING),
    field('last_modified', TIMESTAMP),
    field('country', STRING),
    field('category', STRING),
    field('cnt_chrgeback_prev_day', MONEY),
    field('cnt_chrgeback_prev_week', MONEY),
    field('cnt_chrgeback_prev_month', MONEY),
  ],
  bank_details: [
    field('bank_id', STRING),
    field('country', STRING),
    field('credit_rating', INT),
    field('days_since_bank_cr_changed', INT),
    field('last_modified', TIMESTAMP),
  ],
  account_details: [
    field('account_id', STRING),
    field('name', STRING),
    field('address', STRING),
    field('home_country', STRING),
    field('debt_end_prev_month', MONEY),
    field('creation_date', DATE),
    field('end_date', DATE, true),
    field('last_modified', TIMESTAMP),
  ],
  card_details: [
    field('cc_num', STRING),
    field('card_id', STRING),
    field('account_id', STRING),
    field('bank_id', STRING),
    field('cc_expiry_date', STRING),
    field('issue_date', DATE),
    field('card_type', STRING),
    field('status', STRING),
    field('last_modified', TIMESTAMP),
    field('card', INT),
  ],
  credit_card_transactions: [
    field('t_id', BIGINT),
    field('cc_num', STRING),
    field('account_id', STRING),
    field('merchant_id', STRING),
    field('amount', MONEY),
    field('ip_address', STRING),
    field('card_present', BOOLEAN),
    field('ts', TIMESTAMP),
    field('card', INT),
  ],
  cc_fraud: [
    field('t_id', BIGINT),
    field('cc_num', STRING),
    field('explanation', STRING),
    field('fraud_type', STRING),
    field('attack_id', INT),
    field('ts', TIMESTAMP),
  ],
} satisfies Record<string, Schema>;

export type TableName = keyof typeof SCHEMAS;
