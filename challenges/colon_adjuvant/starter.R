# Start here in R: a Cox model of the trial that writes a file you can submit.
#
#     Rscript starter.R train.csv test.csv predictions.csv
#
# It needs R's survival package only. starter.py is much the same model in Python.

library(survival)

files <- commandArgs(trailingOnly = TRUE)
if (length(files) != 3) stop("usage: Rscript starter.R TRAIN.csv TEST.csv OUT.csv")
horizons <- c(p_1y = 365, p_3y = 1095, p_5y = 1825)

train <- read.csv(files[1])
test <- read.csv(files[2])
typical <- sapply(train[setdiff(names(test), "patient_id")], median, na.rm = TRUE)

# The few missing values become the training median; counts are skewed, so their logarithm goes in.
features <- function(p) {
  for (column in names(typical)) p[[column]][is.na(p[[column]])] <- typical[[column]]
  data.frame(
    levamisole = as.numeric(p$rx == 2), levamisole_5fu = as.numeric(p$rx == 3), male = p$sex,
    age = (p$age - 60) / 10, age_beyond_65 = pmax(p$age - 65, 0) / 10,
    obstruct = p$obstruct, perfor = p$perfor, adhere = p$adhere, surg = p$surg, node4 = p$node4,
    log_nodes = log1p(p$nodes), poor_differentiation = as.numeric(p$differ == 3), extent = p$extent - 3
  )
}

known <- cbind(features(train), days = train$days, died = train$died)
model <- coxph(Surv(days, died) ~ ., data = known, x = TRUE)
cat("Harrell's C on the patients it was fitted to (too good to be true):",
  round(concordance(model)$concordance, 3), "\n")

asked <- features(test)
out <- data.frame(patient_id = test$patient_id, risk = round(predict(model, newdata = asked, type = "lp"), 6))
for (name in names(horizons)) {
  asked$days <- horizons[[name]]
  asked$died <- 0
  out[[name]] <- round(1 - predict(model, newdata = asked, type = "survival"), 6)
}
write.csv(out, files[3], row.names = FALSE, quote = FALSE)
cat(nrow(out), "predictions written to", files[3], "\n")
