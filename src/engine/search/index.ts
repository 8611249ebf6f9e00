/** Looks for the smallest log that breaks a claim, and runs all orders in which few events can arrive. */
export { CLAIMS, type Claim } from './claims';
export { conditionOf, type Condition } from './condition';
export { type Compared } from './facts';
export { MOST_ORDERED, ordersOf, type OrderFacts, type OrderOutcome } from './orders';
export { type Definition } from './run';
export { search, type Broken, type Question, type SearchResult } from './search';
export { inArrivalOrder, type PlacedEvent, type Shape, type SmallStream, type SmallWorld } from './world';
