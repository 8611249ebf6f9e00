export { claimText, findingSentence } from './claims';
export { policyText, topicName } from './policies';
export { stepSentence, stepText, type StepText } from './steps';
export { nothingSentence, offerSentence, reasonSentence } from './whyNot';
