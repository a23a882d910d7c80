'use client';

import { ConflictNotice } from '@/components/patterns/conflict-notice';
import { TextArea } from '@/components/ui/field';
import { TaskChangesLimits } from '@/lib/api/generated/limits';
import { useComposition } from '@/lib/composition';
import { useEdited } from '@/lib/use-edited';

type TextProps = {
  value: string;
  error: string | undefined;
  isReadOnly: boolean;
  /** Returns whether it was saved. */
  onSave: (text: string) => Promise<boolean>;
  onLeaveUnsaved: (text: string) => void;
};

/** An edited text, saved without the space around it and only when it differs; an empty one may be no value at all. */
function useText({ value, isReadOnly, onSave, onLeaveUnsaved }: TextProps, mayBeEmpty: boolean) {
  return useEdited({
    saved: value,
    isSame: (a, b) => a.trim() === b.trim(),
    onSave: async (text) => {
      const wanted = text.trim();
      if (wanted === value || !(wanted || mayBeEmpty)) return true;
      return !isReadOnly && onSave(wanted);
    },
    onLeaveUnsaved: isReadOnly ? () => undefined : (text) => onLeaveUnsaved(text.trim()),
  });
}

export function TaskTitle(props: TextProps) {
  const title = useText(props, false);
  const composition = useComposition();
  return (
    <div className="flex flex-col gap-2">
      <TextArea
        label="Title"
        hideLabel
        rows={1}
        maxLength={TaskChangesLimits.title.maxLength}
        readOnly={props.isReadOnly}
        value={title.shown}
        error={props.error}
        onChange={(event) => title.edit(event.target.value.replaceAll('\n', ' '))}
        {...composition.handlers}
        onBlur={() => {
          composition.handlers.onBlur();
          title.commit();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || composition.isComposing(event.nativeEvent)) return;
          event.preventDefault();
          event.currentTarget.blur();
        }}
        className="field-sizing-content -mx-2.5 w-[calc(100%+1.25rem)] resize-none! border-transparent! py-1! shadow-none! bg-transparent font-semibold text-lg hover:bg-hover"
      />
      <ConflictNotice what="title" conflict={props.isReadOnly ? null : title.conflict} />
    </div>
  );
}

export function TaskDescription(props: TextProps) {
  const description = useText(props, true);
  return (
    <div className="flex flex-col gap-2">
      <TextArea
        label="Description"
        rows={4}
        maxLength={TaskChangesLimits.description.maxLength}
        readOnly={props.isReadOnly}
        value={description.shown}
        error={props.error}
        placeholder="Details, links, decisions"
        onChange={(event) => description.edit(event.target.value)}
        onBlur={description.commit}
        className="field-sizing-content min-h-24"
      />
      <ConflictNotice what="description" conflict={props.isReadOnly ? null : description.conflict} />
    </div>
  );
}
