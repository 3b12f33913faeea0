# Start here in R: a Cox model that uses the fitness block and writes a file you can submit.
#
#     Rscript starter.R train.csv test.csv predictions.csv
#     Rscript starter.R train.csv test.csv predictions.csv --validation validation.csv practice.csv
#
# It needs R's survival package only. Beside predictions.csv it writes predictions_without_fitness.csv, the second file that
# may go with a submission. starter.py is much the same model in Python.

library(survival)

given <- commandArgs(trailingOnly = TRUE)
files <- given[given != "--validation"]
if (!length(files) %in% c(3, 5)) {
  stop("usage: Rscript starter.R TRAIN.csv TEST.csv OUT.csv [--validation VALIDATION.csv VALIDATION_OUT.csv]")
}
horizons <- c(p_1y = 365, p_3y = 1095, p_5y = 1825)

train <- read.csv(files[1])
test <- read.csv(files[2])
covariates <- setdiff(names(test), "patient_id")
typical <- sapply(train[covariates], median, na.rm = TRUE)

# Missing values become the training median; indicators say that they were missing.
features <- function(p) {
  cea_missing <- as.numeric(is.na(p$cea))
  for (column in covariates) p[[column]][is.na(p[[column]])] <- typical[[column]]
  x <- data.frame(
    age = (p$age - 65) / 10, age_beyond_65 = pmax((p$age - 65) / 10, 0)^2, male = p$sex == 1,
    low_income = p$income <= 1, dx_year = p$dx_year - 2015,
    right = p$site == 1, rectosigmoid = p$site == 3, rectum = p$site == 4,
    seer_regional = p$seer_stage == 2, seer_unknown = p$seer_stage == 9,
    signet_ring = p$histology == 8490, poor_grade = p$poor_grade,
    log_cea = log(p$cea / 3), cea_missing = cea_missing,
    cci = pmin(p$cci, 5), dm = p$dm, htn = p$htn, not_screened = p$screened == 0,
    former = p$smoking == 1, current = p$smoking == 2,
    bmi = (p$bmi - 24) / 3, underweight = p$bmi < 18.5, bmi_23_30 = p$bmi >= 23 & p$bmi < 30,
    hb = pmax(pmin(p$hb - 12.8, 2), -5),
    emergency = p$emergency, laparoscopy = p$laparoscopy, neoadjuvant = p$neoadjuvant, tertiary = p$tertiary,
    activity = p$pa_cat, rhr = (p$rhr - 71) / 10, ecrf_met = p$ecrf_met - 8, ecrf_pct = p$ecrf_pct / 100,
    vo2peak = (p$vo2peak - 21) / 5, at = (p$at - 12) / 3, ve_vco2 = (p$ve_vco2 - 32) / 5, smwd = (p$smwd - 440) / 100
  ) * 1
  # Effects that may differ between early (I, II), regional (III) and metastatic (IV) disease.
  for (name in c("age", "log_cea", "cci", "vo2peak")) {
    x[[paste0(name, "_regional")]] <- x[[name]] * (p$ajcc == 3)
    x[[paste0(name, "_metastatic")]] <- x[[name]] * (p$ajcc == 4)
  }
  x$stage <- p$ajcc
  x
}

fitness <- c("activity", "rhr", "ecrf_met", "ecrf_pct", "vo2peak", "at", "ve_vco2", "smwd",
  "vo2peak_regional", "vo2peak_metastatic")

# Fit, predict and write one file, on all features but those named.
write_file <- function(path, without = character(0), known_rows = train, asked_rows = test) {
  chosen <- function(p) { x <- features(p); x[setdiff(names(x), without)] }
  known <- cbind(chosen(known_rows), days = known_rows$days, died = known_rows$died)
  model <- coxph(Surv(days, died) ~ . - stage + strata(stage), data = known)
  # Each stage has its own baseline hazard; predict() evaluates it at the days given in `asked`.
  asked <- chosen(asked_rows)
  out <- data.frame(patient_id = asked_rows$patient_id)
  for (name in names(horizons)) {
    asked$days <- horizons[[name]]
    asked$died <- 0
    out[[name]] <- round(1 - predict(model, newdata = asked, type = "survival"), 6)
  }
  write.csv(out, path, row.names = FALSE, quote = FALSE)
  cat(nrow(out), "predictions written to", path, "\n")
}

write_file(files[3])
write_file(paste0(tools::file_path_sans_ext(files[3]), "_without_fitness.csv"), without = fitness)
if (length(files) == 5) {
  # The validation patients, by a model that never saw them: `arena report` and the page "Practice" score that file in full.
  held <- train$patient_id %in% read.csv(files[4], colClasses = "character")$patient_id
  write_file(files[5], known_rows = train[!held, ], asked_rows = train[held, ])
}
