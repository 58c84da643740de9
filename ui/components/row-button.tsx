// A small button that stands in many rows: plain, since hundreds of them come and go while one scrolls.
import type { ComponentPropsWithRef } from 'react';
import classes from './row-button.module.css';

export function RowButton({ className = '', ...others }: ComponentPropsWithRef<'button'>) {
  return <button type="button" className={`${classes.button} ${className}`} {...others} />;
}
