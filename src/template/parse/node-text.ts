// A node as an error quotes it: not as it was written but with single spaces, as Go prints its tree.

import { quoteGo } from '../../model/index.ts';
import type { Command, Node, Pipe } from './node.ts';

export function nodeText(node: Node): string {
  switch (node.kind) {
    case 'bool':
      return String(node.value);
    case 'chain':
      return [inParentheses(node.of), ...node.fields].join('.');
    case 'command':
      return commandText(node);
    case 'dot':
      return '.';
    case 'field':
      return node.names.map((name) => `.${name}`).join('');
    case 'function':
      return node.name;
    case 'nil':
      return 'nil';
    case 'number':
    case 'string':
      return node.text;
    case 'pipe':
      return pipeText(node);
    case 'template':
      return `{{template ${quoteGo(node.name)}${node.pipe === null ? '' : ` ${pipeText(node.pipe)}`}}}`;
    case 'variable':
      return [node.name, ...node.fields].join('.');
  }
}

function pipeText(pipe: Pipe): string {
  const target = pipe.variables.length === 0 ? '' : `${pipe.variables.join(', ')} ${pipe.assigns ? '=' : ':='} `;
  return target + pipe.commands.map(commandText).join(' | ');
}

function commandText(command: Command): string {
  return command.operands.map(inParentheses).join(' ');
}

function inParentheses(node: Node): string {
  return node.kind === 'pipe' ? `(${pipeText(node)})` : nodeText(node);
}
