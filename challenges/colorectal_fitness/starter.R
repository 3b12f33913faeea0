# Start here in R: a Cox model that uses the fitness block and writes a file you can submit.
#
#     Rscript starter.R train.csv test.csv predictions.csv
#
# It needs R's survival package only. starter.py is the same model in Python.

library(survival)

files <- commandArgs(trailingOnly = TRUE)
if (length(files) != 3) stop("usage: Rscript starter.R TRAIN.csv TEST.csv OUT.csv")
horizons <- c(p_1y = 365, p_3y = 1095, p_5y = 1825)

train <- read.csv(files[1])
test <- read.csv(files[2])

# Missing values become the training median; indicators say that they were missing.
prepare <- function(p) {
  p$cea_missing <- is.na(p$cea)
  p$not_screened <- p$screened == 0
  for (column in setdiff(names(p), c("patient_id", "days", "died"))) {
    if (is.numeric(p[[column]])) {
      p[[column]][is.na(p[[column]])] <- median(train[[column]], na.rm = TRUE)
    }
  }
  p$age10 <- (p$age - 65) / 10
  p$age_beyond_65 <- pmax(p$age10, 0)^2
  p$log_cea <- log(p$cea / 3)
  p$cci5 <- pmin(p$cci, 5)
  p$underweight <- p$bmi < 18.5
  p$vo2 <- (p$vo2peak - 21) / 5
  p$stage <- factor(p$ajcc)
  p
}

known <- prepare(train)
asked <- prepare(test)

model <- coxph(
  Surv(days, died) ~ strata(stage) + age10 * stage + age_beyond_65 + factor(sex) + (income <= 1) + dx_year +
    factor(site) + (seer_stage == 2) + (seer_stage == 9) + (histology == 8490) + poor_grade + log_cea * stage +
    cea_missing + cci5 * stage + dm + htn + not_screened + factor(smoking) + bmi + underweight + hb +
    emergency + laparoscopy + neoadjuvant + tertiary +
    pa_cat + rhr + ecrf_met + ecrf_pct + vo2 * stage + at + ve_vco2 + smwd,
  data = known, x = TRUE
)

# A stratified model has one baseline hazard for each stage; look each up at the horizons.
relative <- exp(predict(model, newdata = asked, type = "lp", reference = "zero"))
baseline <- basehaz(model, centered = FALSE)
baseline$stage <- sub("stage=", "", as.character(baseline$strata))
out <- data.frame(patient_id = test$patient_id)
for (name in names(horizons)) {
  at_horizon <- sapply(split(baseline, baseline$stage), function(b) max(c(0, b$hazard[b$time <= horizons[[name]]])))
  out[[name]] <- 1 - exp(-unname(at_horizon[as.character(asked$stage)]) * relative)
}
write.csv(out, files[3], row.names = FALSE, quote = FALSE)
