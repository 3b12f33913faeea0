# Start here in R: a Cox model of the study that writes a file you can submit.
#
#     Rscript starter.R train.csv test.csv predictions.csv
#     Rscript starter.R train.csv test.csv predictions.csv --validation validation.csv practice.csv
#
# It needs R's survival package only. starter.py is much the same model in Python.

library(survival)

given <- commandArgs(trailingOnly = TRUE)
files <- given[given != "--validation"]
if (!length(files) %in% c(3, 5)) {
  stop("usage: Rscript starter.R TRAIN.csv TEST.csv OUT.csv [--validation VALIDATION.csv VALIDATION_OUT.csv]")
}
horizons <- c(p_1y = 365, p_3y = 1095, p_5y = 1825)

train <- read.csv(files[1])
test <- read.csv(files[2])

# Counts, sizes and receptors are skewed, so their logarithms go in.
features <- function(p) data.frame(
  age = (p$age - 53) / 10, age_below_45 = pmax(45 - p$age, 0) / 10,
  log_size = log(p$tsize / 25), log_nodes = log1p(p$pnodes),
  grade_2_or_3 = as.numeric(p$tgrade >= 2), grade_3 = as.numeric(p$tgrade == 3),
  log_progesterone = log1p(p$progrec), log_estrogen = log1p(p$estrec),
  hormonal_therapy = p$horTh, postmenopausal = as.numeric(p$menostat == 2)
)

known <- cbind(features(train), days = train$days, event = train$event)
model <- coxph(Surv(days, event) ~ ., data = known, x = TRUE)
order_of_risk <- concordance(model, timewt = "n/G2", ymax = 1095)
cat("Uno's C up to 3 years on the patients it was fitted to (too good to be true):",
  round(order_of_risk$concordance, 3), "\n")

# Predict patients and write one file.
write_file <- function(model, patients, path) {
  asked <- features(patients)
  out <- data.frame(
    patient_id = patients$patient_id, risk = round(predict(model, newdata = asked, type = "lp"), 6)
  )
  for (name in names(horizons)) {
    asked$days <- horizons[[name]]
    asked$event <- 0
    out[[name]] <- round(1 - predict(model, newdata = asked, type = "survival"), 6)
  }
  write.csv(out, path, row.names = FALSE, quote = FALSE)
  cat(nrow(out), "predictions written to", path, "\n")
}

write_file(model, test, files[3])
if (length(files) == 5) {
  # The validation patients, by a model that never saw them: `arena report` and the page "Practice" score that file in full.
  held <- train$patient_id %in% read.csv(files[4], colClasses = "character")$patient_id
  write_file(coxph(Surv(days, event) ~ ., data = known[!held, ]), train[held, ], files[5])
}
