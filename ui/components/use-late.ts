// Whether something takes long: known once it has taken so much time, and forgotten when it is over.
import { useEffect, useState } from 'react';

export function useLate(isUnderWay: boolean, afterMs: number): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!isUnderWay) return;
    const timer = setTimeout(() => setLate(true), afterMs);
    return () => clearTimeout(timer);
  }, [isUnderWay, afterMs]);
  return isLate && isUnderWay;
}
