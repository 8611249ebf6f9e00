export { stepSentence, stepText, type StepText } from './steps';
