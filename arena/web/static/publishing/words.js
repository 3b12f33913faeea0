// One sentence in the page's language, and numbers as the page writes them.
const korean = document.documentElement.lang === "ko";

export const say = (ko, en) => (korean ? ko : en);
export const count = (number) => number.toLocaleString("en-GB");
export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

// What the organizer can mend: a sentence, and the id of the field where it is mended.
export class Mend extends Error {
  constructor(sentence, field = "") {
    super(sentence);
    this.field = field;
  }
}
