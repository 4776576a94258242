import { calendarFile, type CalendarEntry } from "../lib/ics";
import { fileName, saveFile } from "../lib/save-file";
import { Button } from "./button";
import { Icon } from "./icon";

/** Saves a calendar file. */
export function CalendarButton({ entry, label = "Add to calendar", wide }: { entry: CalendarEntry; label?: string; wide?: boolean }) {
  const save = () => saveFile(fileName(entry.title, "ics"), new Blob([calendarFile(entry)], { type: "text/calendar" }));
  return (
    <Button onClick={save} wide={wide}>
      <Icon name="calendar" size={20} /> {label}
    </Button>
  );
}
