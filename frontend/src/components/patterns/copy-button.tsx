'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { copyText } from '@/lib/clipboard';
import { toast } from '@/lib/toast';

type CopyButtonProps = { text: string | (() => string); label: string; className?: string };

/** Copies `text`, or what it returns when the button is pressed. `label` names what is copied, as in "Copy link". */
export function CopyButton({ text, label, className }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (await copyText(typeof text === 'string' ? text : text())) {
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
      return;
    }
    toast({
      text: 'The browser did not allow copying. Select the text and copy it by hand.',
      tone: 'danger',
    });
  };
  return (
    <Button onClick={copy} aria-live="polite" className={className}>
      {copied ? (
        <Check aria-hidden className="size-3.5 text-good" />
      ) : (
        <Copy aria-hidden className="size-3.5" />
      )}
      {copied ? 'Copied' : label}
    </Button>
  );
}
