// A field for something that is read from a text. What cannot be read stays, with what was expected: nothing goes back by itself.
import { useId, useState } from 'react';
import classes from './controls.module.css';

interface Props<T> {
  readonly name: string;
  readonly title: string;
  readonly placeholder?: string;
  readonly className: string;
  readonly disabled?: boolean;
  /** The text of what holds. */
  readonly shown: string;
  /** Undefined: it cannot be read. */
  read(text: string): T | undefined;
  /** What can be read, to follow "Expected". */
  readonly expected: string;
  onTake(value: T): void;
}

export function CheckedInput<T>({ name, title, placeholder, className, disabled, shown, read, expected, onTake }: Props<T>) {
  const [text, setText] = useState(shown);
  const [isTold, setTold] = useState(false);
  const id = useId();
  const setBack = (): void => {
    setText(shown);
    setTold(false);
  };
  // Something else holds, by whatever way: while it is drawn, so that the text before is not seen again.
  const [held, setHeld] = useState(shown);
  if (held !== shown) {
    setHeld(shown);
    setBack();
  }
  const isBad = text !== shown && read(text) === undefined;
  const take = (): void => {
    setTold(isBad);
    const value = text === shown ? undefined : read(text);
    if (value === undefined) return;
    setText(shown);
    onTake(value);
  };
  return (
    <span className={classes.checked}>
      <input
        className={`${classes.input} ${className}`}
        aria-label={name}
        title={title}
        placeholder={placeholder}
        disabled={disabled}
        aria-invalid={isBad}
        aria-describedby={isTold ? id : undefined}
        data-bad={isBad || undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setTold(false);
        }}
        onBlur={take}
        onKeyDown={(event) => {
          if (event.key === 'Enter') take();
          else if (event.key === 'Escape') setBack();
        }}
      />
      {isTold && (
        <span id={id} role="alert" className={classes.problem}>
          Not read. Expected {expected}.
        </span>
      )}
    </span>
  );
}
