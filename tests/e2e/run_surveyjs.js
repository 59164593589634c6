// Answers interviews in the SurveyJS engine: reads {engine, linter, model, lint, interviews} from
// standard input, each interview being {answers: {name: value}, locale, preset}, and writes what
// came of it.
const input = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { Model } = require(input.engine);
const findings = input.lint ? require(input.linter).lintSurvey(input.model).findings : [];

function interview({ answers, locale, preset }) {
  const survey = new Model(input.model);
  survey.locale = locale || "";
  for (const [name, value] of Object.entries(preset || {})) survey.setValue(name, value);
  const pages = [];
  const refused = [];
  for (let turn = 0; turn < 200 && survey.state === "running"; turn++) {
    const page = survey.currentPage;
    // options that open when others are answered are seen in the second round
    for (let round = 0; round < 2; round++) {
      for (const question of page.questions) {
        if (question.isVisible && question.name in answers) question.value = answers[question.name];
      }
    }
    const seen = page.questions.filter((question) => question.isVisible);
    pages.push({
      name: page.name,
      title: page.renderedTitle,
      questions: seen.map((question) => question.name),
      html: seen.filter((q) => q.getType() === "html").map((q) => q.processedHtml).join("\n"),
      choices: Object.fromEntries(
        seen.filter((q) => q.visibleChoices).map((q) => [
          q.name,
          q.visibleChoices.map((choice) => ({ value: choice.value, text: choice.text })),
        ]),
      ),
    });
    const before = survey.currentPageNo;
    if (survey.isLastPage) survey.completeLastPage();
    else survey.nextPage();
    if (survey.state === "running" && survey.currentPageNo === before) {
      refused.push(
        ...page.questions.filter((q) => q.errors.length).map((q) => ({ name: q.name, text: q.errors[0].text })),
      );
      break;
    }
  }
  return { data: survey.data, state: survey.state, pages, refused };
}

process.stdout.write(
  JSON.stringify({
    findings: findings.map(({ ruleId, severity, message, path }) => ({ ruleId, severity, message, path })),
    interviews: input.interviews.map(interview),
  }),
);
