// What is drawn only once it comes near the window's view: a page of many graphs does not draw all of them first.
import { Box } from '@mantine/core';
import { type ReactNode, useEffect, useRef, useState } from 'react';

interface Props {
  /** What stands in for it until then, CSS. */
  readonly minHeight: string;
  readonly children: ReactNode;
}

const NEAR = '600px 0px';

export function WhenNear({ minHeight, children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [wasNear, setNear] = useState(false);
  useEffect(() => {
    if (wasNear) return;
    const observer = new IntersectionObserver((entries) => entries.some(({ isIntersecting }) => isIntersecting) && setNear(true), {
      rootMargin: NEAR,
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, [wasNear]);
  return wasNear ? children : <Box ref={place} mih={minHeight} />;
}
