export { becauseSentence } from './because';
export { claimText, findingSentence } from './claims';
export { eventPhrase, keyPhrase } from './phrases';
export { policyText, topicName } from './policies';
export { stepSentence, stepText, type StepText } from './steps';
export { nothingSentence, offerSentence, reasonSentence } from './whyNot';
