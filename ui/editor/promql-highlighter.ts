// The parts of an expression in the editor, with the colours that expressions have everywhere.
import { tagHighlighter, tags } from '@lezer/highlight';
import classes from '../components/promql-text.module.css';

export const promqlHighlighter = tagHighlighter([
  { tag: tags.comment, class: classes.comment },
  { tag: tags.labelName, class: classes.label },
  { tag: tags.string, class: classes.string },
  { tag: tags.number, class: classes.number },
  { tag: tags.function(tags.variableName), class: classes.function },
  { tag: [tags.operatorKeyword, tags.modifier, tags.logicOperator], class: classes.keyword },
  { tag: [tags.arithmeticOperator, tags.operator], class: classes.operator },
]);
